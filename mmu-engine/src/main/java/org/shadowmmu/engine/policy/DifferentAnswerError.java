package org.shadowmmu.engine.policy;

/** A policy answered otherwise than in the run that is repeated. */
final class DifferentAnswerError extends Error {
    private static final long serialVersionUID = 1L;

    DifferentAnswerError() {
        super("another answer than in the first run", null, false, false);
    }
}
