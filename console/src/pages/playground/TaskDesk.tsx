import { Button, FileInput, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useStatus } from '@/api/queries';
import { CodeBlock } from '@/parts/CodeBlock';
import { ErrorState } from '@/parts/ErrorState';
import { useChangeParams, useParam } from '@/search';
import { snippets } from '../applications/snippets';
import { AnswerLine } from './AnswerLine';
import classes from './playground.module.css';
import { RefusalNote } from './RefusalNote';
import { TaskResult } from './TaskResult';
import { lacking, TASKS, type Task, taskOf } from './tasks';
import type { Playground } from './usePlayground';
import { useTask } from './useTask';

/** What models do besides conversing: one task, what is asked, and what came of it. */
export function TaskDesk({ playground }: { playground: Playground }) {
  const [word] = useParam('task');
  const task = taskOf(word);
  return <Desk key={task.value} task={task} playground={playground} />;
}

function Desk({ task, playground }: { task: Task; playground: Playground }) {
  const [text, setText] = useState('');
  const [query, setQuery] = useState('');
  const [voice, setVoice] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const work = useTask(task, playground.application);
  const asked = { model: playground.model, text, query, voice, file };
  const missing = lacking(task, asked);
  const done = work.data;
  return (
    <section className={classes.task} aria-label={task.label}>
      <TaskChoice task={task} playground={playground} />
      <form
        className={classes.taskForm}
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing && !work.isPending) work.mutate(asked);
        }}
      >
        {task.value === 'rerank' && (
          <TextInput
            label="Compared with"
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
          />
        )}
        {task.value === 'transcriptions' ? (
          <FileInput
            label={task.asks}
            description="Sound, such as WAV or MP3"
            placeholder="Choose a file"
            accept="audio/*,video/mp4,video/webm"
            value={file}
            onChange={setFile}
            clearable
          />
        ) : (
          <Textarea
            label={task.asks}
            autosize
            minRows={3}
            maxRows={12}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        {task.value === 'speech' && (
          <TextInput
            label="Voice"
            placeholder="alloy"
            description="Voices have their provider’s names"
            value={voice}
            onChange={(event) => setVoice(event.currentTarget.value)}
          />
        )}
        <div className={classes.send}>
          <Button
            type="submit"
            disabled={Boolean(missing)}
            loading={work.isPending}
            leftSection={<IconPlayerPlay size={15} />}
          >
            Run
          </Button>
        </div>
      </form>
      {work.error && <ErrorState error={work.error} compact />}
      {done && (
        <div className={classes.outcome} role="status">
          {done.result && <TaskResult result={done.result} />}
          {done.answer.refused && <RefusalNote refused={done.answer.refused} call={done.answer.call} />}
          <AnswerLine answer={done.answer} />
        </div>
      )}
      <AsCode task={task} model={playground.model} />
    </section>
  );
}

function TaskChoice({ task, playground }: { task: Task; playground: Playground }) {
  const change = useChangeParams();
  const choose = (word: string | null) => {
    const { value, sandbox } = taskOf(word ?? undefined);
    // What the sandbox has for one task does nothing for another.
    change({ task: value, ...(playground.model.startsWith('sandbox/') && { model: sandbox }) });
  };
  const data = TASKS.map(({ value, label }) => ({ value, label }));
  return (
    <>
      <SegmentedControl
        aria-label="Task"
        visibleFrom="sm"
        className={classes.taskChoice}
        data={data}
        value={task.value}
        onChange={choose}
      />
      <Select
        label="Task"
        hiddenFrom="sm"
        data={data}
        allowDeselect={false}
        value={task.value}
        onChange={choose}
      />
    </>
  );
}

function AsCode({ task, model }: { task: Task; model: string }) {
  const status = useStatus();
  if (!status.data) return null;
  const gateway = status.data.gateway ?? 'http://GATEWAY:8402';
  return (
    <details className={classes.fold}>
      <summary>The same from a program</summary>
      <CodeBlock snippets={snippets({ gateway, key: 'YOUR_KEY', model }, task.value)} />
    </details>
  );
}
