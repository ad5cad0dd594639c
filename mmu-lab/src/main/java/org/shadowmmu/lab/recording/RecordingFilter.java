package org.shadowmmu.lab.recording;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Chooses recordings by what their header says. */
public final class RecordingFilter implements Predicate<RecordingHeader> {
    private final Set<HostMode> modes;
    private final @Nullable Boolean nested;

    /** Accepts recordings of these modes, of all when empty; with, without or (null) regardless of a nested guest. */
    public RecordingFilter(Collection<HostMode> modes, @Nullable Boolean nested) {
        this.modes = modes.isEmpty() ? EnumSet.allOf(HostMode.class) : EnumSet.copyOf(modes);
        this.nested = nested;
    }

    @Override
    public boolean test(RecordingHeader header) {
        return modes.contains(header.mode()) && (nested == null || nested == (header.nested() != null));
    }
}
