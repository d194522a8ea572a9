package org.pktlab.launcher;

/** A case of a batch that has no result: what is wrong with it. */
final class CaseException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int offset;
  private final boolean lacksInput;

  private CaseException(String sentence, int offset, boolean lacksInput) {
    super(sentence);
    this.offset = offset;
    this.lacksInput = lacksInput;
  }

  /** The case says something wrong; saying so is an ordinary answer. */
  static CaseException malformed(String sentence) {
    return new CaseException(sentence, -1, false);
  }

  /** The case says something wrong at this octet. */
  static CaseException malformed(String sentence, int offset) {
    return new CaseException(sentence, offset, false);
  }

  /** The case does not say what to look at, or names a file that is not there; the batch ends with status 1. */
  static CaseException lacking(String sentence) {
    return new CaseException(sentence, -1, true);
  }

  /** The octet where it went wrong, or -1 if there is none to name. */
  int offset() {
    return offset;
  }

  boolean lacksInput() {
    return lacksInput;
  }
}
