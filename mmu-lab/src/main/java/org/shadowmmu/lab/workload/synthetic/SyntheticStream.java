package org.shadowmmu.lab.workload.synthetic;

import org.shadowmmu.lab.experiment.AccessFamily;
import org.shadowmmu.lab.experiment.MemslotChurn;
import org.shadowmmu.lab.experiment.Migration;
import org.shadowmmu.lab.experiment.SequentialFill;
import org.shadowmmu.lab.experiment.WorkingSets;
import org.shadowmmu.lab.experiment.Zipf;
import org.shadowmmu.lab.workload.StreamHeader;
import org.shadowmmu.lab.workload.StreamSource;
import org.shadowmmu.lab.workload.StreamVisitor;

/**
 * The stream of a synthetic guest. It depends on nothing but the family's parameters and the seed, so every policy meets the
 * same accesses; the number of accesses does not depend on the seed either. The clock of the stream counts accesses.
 *
 * @param family the rule and its parameters
 * @param seed where its random numbers come from
 */
public record SyntheticStream(AccessFamily family, long seed) implements StreamSource {
    @Override
    public StreamSource withSeed(long newSeed) {
        return new SyntheticStream(family, newSeed);
    }

    @Override
    public void read(StreamVisitor visitor) {
        visitor.header(new StreamHeader(family.word(), family.description(), "", "", "", false));
        SyntheticGuest guest = new SyntheticGuest(visitor, family, seed);
        guest.addMemory();
        rule(guest).run();
        guest.rest();
    }

    private Runnable rule(SyntheticGuest guest) {
        if (family instanceof SequentialFill fill) {
            return () -> new SequentialFillRule(fill, guest).run();
        }
        if (family instanceof Zipf zipf) {
            return () -> new ZipfRule(zipf, guest).run();
        }
        if (family instanceof WorkingSets sets) {
            return () -> new WorkingSetsRule(sets, guest).run();
        }
        if (family instanceof MemslotChurn churn) {
            return () -> new MemslotChurnRule(churn, guest).run();
        }
        if (family instanceof Migration migration) {
            return () -> new MigrationRule(migration, guest).run();
        }
        throw new AssertionError("a family without a rule: " + family.word());
    }
}
