import type { MessagePort } from 'node:worker_threads';
import { BugError, serializeError } from '../../../core/base/errors';
import { createFloat64LinearAlgebra } from '../../../core/linalg/float64LinearAlgebra';
import { TextLearner } from '../../../core/text/textLearner';
import type { TextModel } from '../../../core/text/textModel';
import type { TextAnswer, TextMessage, TextRequest } from './textMessages';

const tellEveryMs = 50;

/** Answers what a {@link TextThread} asks, one request after the other. */
export function serveTexts(port: MessagePort): void {
  let learner: TextLearner | undefined;
  let model: TextModel | null | undefined;
  const answer = (request: TextRequest): TextAnswer<TextRequest['kind']> => {
    switch (request.kind) {
      case 'begin':
        learner = new TextLearner({ terms: request.terms });
        model = undefined;
        return null;
      case 'learn':
        if (learner === undefined) throw new BugError('Texts came before the thread was told what to learn.');
        for (const text of request.texts) learner.add(text);
        return null;
      case 'fit':
        if (learner === undefined) throw new BugError('There are no texts to fit.');
        model = learner.fit(createFloat64LinearAlgebra(), tellShare(port));
        learner = undefined;
        return model === null ? null : model.facts;
      case 'keep':
        return fitted(model).kept;
      case 'embed':
        return fitted(model).embed(request.texts);
    }
  };
  port.on('message', (request: TextRequest) => {
    let sent: TextMessage;
    try {
      sent = { kind: 'answer', result: { ok: true, value: answer(request) } };
    } catch (error) {
      sent = { kind: 'answer', result: { ok: false, error: serializeError(error) } };
    }
    port.postMessage(sent);
  });
}

function fitted(model: TextModel | null | undefined): TextModel {
  if (model === undefined || model === null) throw new BugError('Texts came before the fit.');
  return model;
}

function tellShare(port: MessagePort): (done: number, total: number) => void {
  let toldAt = 0;
  return (done, total) => {
    const now = performance.now();
    if (now - toldAt < tellEveryMs) return;
    toldAt = now;
    const told: TextMessage = { kind: 'progress', share: done / total };
    port.postMessage(told);
  };
}
