/** One fault within what was sent: what is wrong, and where as a JSON Pointer such as `#/spec/targets/1`. */
export interface Fault {
  detail: string;
  pointer?: string | null;
}

/** An answer that is no success, as RFC 9457 describes it. Everything that the client throws is one of these. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  /** The HTTP status; 0 where there was no answer at all. */
  readonly status: number;
  /** The stable code, such as `not_found`. */
  readonly code: string;
  /** The same words for every occurrence. */
  readonly title: string;
  /** What happened in this case, and what to do. */
  readonly detail: string;
  /** Each fault, where there can be several. */
  readonly errors: Fault[];
  /** After how many seconds it may be tried again, where the answer says so. */
  readonly retryAfter?: number;

  constructor(problem: {
    status: number;
    code: string;
    title: string;
    detail: string;
    errors?: Fault[];
    retryAfter?: number;
  }) {
    super(problem.detail || problem.title);
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    this.errors = problem.errors ?? [];
    this.retryAfter = problem.retryAfter;
  }
}

/** The problem in an answer; where its body is none, one that says the status. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const body: unknown = await response.json().catch(() => undefined);
  const retryAfter = Number(response.headers.get('retry-after')) || undefined;
  if (isProblem(body)) return new ProblemError({ ...body, status: response.status, retryAfter });
  return new ProblemError({
    status: response.status,
    code: 'unexpected_answer',
    title: 'The answer is not one of Tollgate’s',
    detail: `Status ${response.status} came without an explanation. Something between this page and Tollgate may have answered.`,
  });
}

/** The problem that an error of any kind amounts to: no answer, or a fault of the console itself. */
export function problemFrom(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) return unreachable();
  return new ProblemError({
    status: 0,
    code: 'console_fault',
    title: 'The console met a fault of its own',
    detail: error instanceof Error ? error.message : String(error),
  });
}

/** No answer came: the node is down, or the way to it is. */
export function unreachable(): ProblemError {
  return new ProblemError({
    status: 0,
    code: 'unreachable',
    title: 'Tollgate does not answer',
    detail: 'The node may be restarting, or the connection to it is broken. What is shown may be old.',
  });
}

/** Something of this kind has the name that a new one was to have. */
export function taken(kind: string, name: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'conflict',
    title: 'The name is taken',
    detail: `${kind} ${name} exists already. Choose another name.`,
  });
}

function isProblem(body: unknown): body is ProblemError {
  if (typeof body !== 'object' || body === null) return false;
  const { title, detail, code } = body as Partial<Record<string, unknown>>;
  return typeof title === 'string' && typeof detail === 'string' && typeof code === 'string';
}
