package org.shadowmmu.lab.reproduce;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What several measurements need: whoever needs it first makes it, the others wait that long. */
final class Once<T> {
    private final Supplier<T> make;
    private @Nullable T made;

    Once(Supplier<T> make) {
        this.make = make;
    }

    synchronized T get() {
        T known = made;
        if (known == null) {
            known = make.get();
            made = known;
        }
        return known;
    }
}
