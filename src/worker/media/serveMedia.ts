import type { MessagePort } from 'node:worker_threads';
import { BugError, serializeError } from '../../core/base/errors';
import { findCopiesOfPictures, scorePictures } from '../../core/media/pictureIssues';
import { TextIssues } from '../../core/media/textIssues';
import { type Languages, openLanguages } from './languages';
import type { AnyMediaAnswer, MediaMessage, MediaQuestion } from './mediaMessages';

/** Answers what a MediaThread asks, one question after the other. */
export function serveMedia(port: MessagePort): void {
  let languages: Languages | undefined;
  let texts: TextIssues | undefined;
  const answer = async (question: MediaQuestion): Promise<AnyMediaAnswer> => {
    switch (question.kind) {
      case 'texts': {
        const recognise = question.names.includes('language') ? (languages ??= await openLanguages()) : () => ({});
        texts ??= new TextIssues(question.names, recognise);
        for (const text of question.texts) texts.add(text);
        return null;
      }
      case 'findTexts':
        if (texts === undefined) throw new BugError('There are no texts to look at.');
        return texts.find();
      case 'findPictures': {
        const { facts, labels, names } = question;
        const copies = names.includes('picture-copies') ? findCopiesOfPictures(facts) : null;
        return { scores: scorePictures(facts, labels, names), copies };
      }
    }
  };
  const post = (message: MediaMessage): void => port.postMessage(message);
  let turn = Promise.resolve();
  port.on('message', (question: MediaQuestion) => {
    turn = turn
      .then(() => answer(question))
      .then(
        (value) => post({ kind: 'answer', result: { ok: true, value } }),
        (error: unknown) => post({ kind: 'answer', result: { ok: false, error: serializeError(error) } }),
      );
  });
}
