// A form with data-confirm asks first. The button may carry its own question.
export function confirmGate(form, submitter) {
  const question = submitter?.dataset.confirm ?? form.dataset.confirm;
  return !question || window.confirm(question);
}
