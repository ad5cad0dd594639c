package org.shadowmmu.lab.trial;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.experiment.Backing;
import org.shadowmmu.lab.experiment.BootStorm;
import org.shadowmmu.lab.experiment.Experiment;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.experiment.Mode;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.workload.Region;
import org.shadowmmu.lab.workload.synthetic.StormReplay;

/** Nested guests that come and go. Nothing in it is random. */
record NestedStorm(String name, BootStorm family, Region region) implements Workload {
    @Override
    public Host host(Experiment experiment) {
        return experiment.host(Mode.DIRECT);
    }

    @Override
    public @Nullable String refusal(Experiment experiment) {
        return experiment.mode() == Mode.SHADOW
                ? "'" + name + "' has nested guests on nested paging, so it cannot run in mode shadow"
                : null;
    }

    @Override
    public boolean random() {
        return false;
    }

    @Override
    public long pages() {
        return StormReplay.hypervisorPages(family);
    }

    @Override
    public long accesses() {
        return StormReplay.accesses(family);
    }

    @Override
    public Manifest.Workload facts() {
        return Manifest.Workload.of(name, family, accesses(), Manifest.Region.of(region, accesses()), pages());
    }

    @Override
    public Drive prepare(Start start) {
        EngineMachine machine = EngineMachine.create(
                start.host(), start.assignment(), family.vcpus(), start.seed(), start.watch(), start.listener());
        if (start.quota() > 0) {
            AccessStream.setQuota(machine, start.quota());
        }
        StormReplay replay = new StormReplay(
                machine,
                machine.machine(),
                family,
                start.host().backing() == Backing.HUGE,
                region,
                start.progress().apply(machine));
        return Drive.of(machine, replay, replay::run);
    }
}
