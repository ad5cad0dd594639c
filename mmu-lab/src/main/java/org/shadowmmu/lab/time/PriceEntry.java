package org.shadowmmu.lab.time;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.experiment.Key;
import org.shadowmmu.lab.experiment.ValueProblem;
import org.shadowmmu.lab.time.Price.Kind;

/** What a file says of one cost. */
record PriceEntry(
        @Key(meaning = "the cost", takes = NANOS) @Nullable Double nanos,

        @Key(
                meaning = "how much the figure is worth",
                takes = "fitted, published, estimated or given",
                defaultText = "given")
        @Nullable Kind kind,

        @Key(meaning = "lowest and highest figure that the sources allow", takes = RANGE, defaultText = "none")
        @Nullable List<Double> range,

        @JsonProperty(FITTED_ON)
        @Key(
                name = FITTED_ON,
                meaning = "claims whose published figures fixed it",
                takes = "a list of claims",
                defaultText = "none")
        @Nullable List<String> fittedOn,

        @Key(meaning = "where the figure comes from", takes = "a text", defaultText = "given by the file") @Nullable String source) {
    private static final String NANOS = "a number of nanoseconds from 0 to 1,000,000,000";
    private static final String RANGE = "a list of two numbers of nanoseconds, the lower one first";
    private static final String FITTED_ON = "fitted-on";
    private static final double SECOND = 1e9;

    PriceEntry {
        if (nanos == null) {
            throw new IllegalArgumentException("'nanos' is missing; write the cost as 'nanos: ' and " + NANOS);
        }
        if (!(nanos >= 0 && nanos <= SECOND)) {
            throw new ValueProblem("nanos", "'nanos' must be " + NANOS + ", not " + Price.text(nanos));
        }
        if (range != null && !(range.size() == 2 && range.get(0) >= 0 && range.get(0) <= range.get(1))) {
            throw new ValueProblem("range", "'range' must be " + RANGE);
        }
    }

    /** The price; what is not said is said by {@code file}. */
    Price price(String file) {
        return new Price(
                nanos == null ? 0 : nanos,
                kind == null ? Kind.GIVEN : kind,
                range == null ? List.of() : List.copyOf(range),
                fittedOn == null ? List.of() : List.copyOf(fittedOn),
                source == null ? "given by " + file : source);
    }
}
