package org.shadowmmu.engine.policy;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.ApiVersion;

/** Puts what policy code threw into words that its author can act on. */
public final class ForeignCode {
    private static final int LONGEST_QUOTE = 200;

    private ForeignCode() {}

    /**
     * Throws errors on that no policy can be blamed for. Everything a policy can provoke returns, also a stack overflow and
     * memory running out; other errors of the Java machine do not.
     */
    public static void rethrowIfFatal(Throwable thrown) {
        if (thrown instanceof VirtualMachineError error
                && !(error instanceof StackOverflowError)
                && !(error instanceof OutOfMemoryError)) {
            throw error;
        }
    }

    /** A predicate for a sentence whose subject is the policy or its jar, for instance {@code threw X (message)}. */
    public static String deed(Throwable thrown) {
        // The order matters: each is a LinkageError.
        if (thrown instanceof ForbiddenReferenceError) {
            return message(thrown);
        }
        if (thrown instanceof UnsupportedClassVersionError) {
            return "was compiled for a newer Java than this Java "
                    + Runtime.version().feature() + " (" + message(thrown) + ")";
        }
        if (thrown instanceof NoClassDefFoundError && isClassName(message(thrown))) {
            return missingClass(message(thrown).replace('/', '.'));
        }
        if (thrown instanceof IncompatibleClassChangeError) {
            return "does not fit the classes it meets, perhaps API " + ApiVersion.CURRENT + " of this host ("
                    + thrown.getClass().getSimpleName() + ": " + message(thrown) + ")";
        }
        String message = message(thrown);
        String name = thrown.getClass().getSimpleName();
        return message.isEmpty() ? "threw " + name : "threw " + name + " (" + message + ")";
    }

    /** A predicate for a class that the loader of the jar could not find. */
    public static String missingClass(String className) {
        return className.startsWith("org.shadowmmu.api.")
                ? "needs " + className + ", which API " + ApiVersion.CURRENT + " of this host does not have"
                : "needs the class " + className
                        + ", which is not in the jar (the host shares org.shadowmmu.api and org.slf4j only)";
    }

    /** A linkage error may also say "Could not initialize class X"; only a bare name means a missing class. */
    private static boolean isClassName(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c == '/' || c == '.' || Character.isJavaIdentifierPart(c));
    }

    /** The message on one line and not too long; empty if there is none. It comes from foreign code, which may fail again. */
    private static String message(Throwable thrown) {
        @Nullable String message;
        try {
            message = thrown.getMessage();
        } catch (Throwable again) {
            rethrowIfFatal(again);
            message = null;
        }
        if (message == null) {
            return "";
        }
        String line = message.strip().replaceAll("\\s+", " ");
        return line.length() <= LONGEST_QUOTE ? line : line.substring(0, LONGEST_QUOTE) + "…";
    }
}
