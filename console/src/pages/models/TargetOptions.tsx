import { KindForm } from '@/parts/KindForm';

const LABELS = {
  '/when': 'Only for requests that',
  '/when/has': 'Have all of these',
  '/when/has_none': 'Have none of these',
  '/when/min_prompt_tokens': 'Prompt tokens, at least',
  '/when/max_prompt_tokens': 'Prompt tokens, at most',
  '/when/tags': 'Have one of these tags',
  '/tags': 'Tags of the target',
  '/cannot': 'What it cannot do',
  '/context_window': 'Most tokens that it takes',
  '/takes_over': 'Only steps in after',
};

/** What is said well enough by its label. */
const TERSE = [
  '/when',
  '/when/has',
  '/when/has_none',
  '/when/min_prompt_tokens',
  '/when/max_prompt_tokens',
  '/cannot',
];

/** Which requests a target is for, and what is said of it, by its schema. */
export function TargetOptions(props: {
  value: object;
  pointer: string;
  /** What went wrong when the form was sent. */
  error: unknown;
  onChange: (value: object) => void;
}) {
  return (
    <KindForm
      kind="Model"
      part="TargetSpec"
      value={props.value}
      onChange={props.onChange}
      error={props.error}
      at={props.pointer}
      first={[]}
      hide={['provider', 'model', 'weight']}
      labels={LABELS}
      terse={TERSE}
      more="Which requests it is for"
    />
  );
}
