package org.shadowmmu.lab.recording;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first place where the machine under test did something else than the recorded kernel.
 *
 * @param operation number of the operation, or -1 for the final memory
 * @param line number of the first line concerned in the recording
 * @param kind what differs, as users read it: {@code event}, {@code result}, ...
 * @param operationText the operation's line, or what stands for it
 * @param equalBefore number of lines of the operation before this place, all equal
 * @param before the last of them
 * @param expected the recorded line, or null if the recording has no more
 * @param actual the machine's line, or null if the machine wrote no more
 * @param expectedAfter recorded lines that follow
 * @param actualAfter lines of the machine that follow
 */
public record Difference(
        long operation,
        long line,
        String kind,
        String operationText,
        int equalBefore,
        List<String> before,
        @Nullable String expected,
        @Nullable String actual,
        List<String> expectedAfter,
        List<String> actualAfter) {}
