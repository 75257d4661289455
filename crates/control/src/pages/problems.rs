//! A page for each reason of a refusal and each problem of the admin API: for people as HTML, for
//! programs as JSON.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use tollgate_model::resource::nearest;

use super::frame::{escape, page, prose, wants_html};
use crate::extract::Path;
use crate::problem::Problem;
use crate::reasons::{ReasonPage, ReasonView, all, retry_text, who_text};
use crate::schema::Page;

/// Every reason and problem
#[utoipa::path(get, path = "/problems", tag = "pages", operation_id = "list_problems",
    responses((status = 200, description = "Every reason of a refusal, then every problem of the \
        admin API.", body = ReasonPage)))]
pub(crate) async fn list(headers: HeaderMap) -> Response {
    if !wants_html(&headers) {
        return Json(Page::whole(all())).into_response();
    }
    let rows = all().into_iter().map(|reason| {
        let (code, title) = (escape(&reason.code), escape(&reason.title));
        let status = reason.status;
        format!("<tr><td>{status}</td><td><a href=\"/problems/{code}\">{code}</a></td><td>{title}</td></tr>")
    });
    let rows: String = rows.collect();
    let body = format!(
        "<h1>Why Tollgate says no</h1><p class=\"soft\">Every refusal carries one of these codes.\
         </p><table><tbody>{rows}</tbody></table>"
    );
    page(StatusCode::OK, "Problems", &body)
}

/// One reason or problem
#[utoipa::path(get, path = "/problems/{code}", tag = "pages", operation_id = "get_problem",
    params(("code" = String, Path, description = "The code, such as `budget_exceeded`.")),
    responses((status = 200, description = "What the code means.", body = ReasonView)))]
pub(crate) async fn one(Path(code): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let all = all();
    let Some(reason) = all.iter().find(|reason| reason.code == code) else {
        let near = nearest(&code, all.iter().map(|reason| reason.code.as_str()));
        let hint = near.map(|near| format!(" Did you mean {near}?"));
        let hint = hint.unwrap_or_default();
        return Err(Problem::not_found(format!(
            "There is no reason \"{code}\".{hint}"
        )));
    };
    if !wants_html(&headers) {
        return Ok(Json(reason).into_response());
    }
    Ok(page(StatusCode::OK, &reason.title, &body(reason)))
}

fn body(reason: &ReasonView) -> String {
    let facts = [
        ("Code", Some(reason.code.clone())),
        ("HTTP status", Some(reason.status.to_string())),
        (
            "Who can act",
            reason.who.map(|who| who_text(who).to_owned()),
        ),
        (
            "Retry",
            reason.retry.map(|retry| retry_text(retry).to_owned()),
        ),
    ];
    let facts: String = facts
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .map(|(name, value)| format!("<dt>{name}</dt><dd>{}</dd>", escape(&value)))
        .collect();
    let (title, meaning) = (escape(&reason.title), prose(&reason.meaning));
    let fix = prose(&reason.fix);
    format!(
        "<h1>{title}</h1><p>{meaning}</p><h2>What to do</h2><p>{fix}</p><dl>{facts}</dl>\
         <p><a href=\"/problems\">All reasons</a></p>"
    )
}
