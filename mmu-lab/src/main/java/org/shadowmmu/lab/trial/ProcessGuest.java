package org.shadowmmu.lab.trial;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.experiment.Backing;
import org.shadowmmu.lab.experiment.Experiment;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.experiment.Mode;
import org.shadowmmu.lab.experiment.Processes;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.workload.Region;
import org.shadowmmu.lab.workload.synthetic.ProcessesReplay;

/** Short processes under shadow paging. */
record ProcessGuest(String name, Processes family, Region region) implements Workload {
    @Override
    public Host host(Experiment experiment) {
        return experiment.host(Mode.SHADOW);
    }

    @Override
    public @Nullable String refusal(Experiment experiment) {
        Mode mode = experiment.mode();
        return mode == null || mode == Mode.SHADOW
                ? null
                : "'" + name + "' keeps page tables under shadow paging, so it cannot run in mode " + mode.word();
    }

    @Override
    public boolean random() {
        return true;
    }

    @Override
    public long pages() {
        return family.memory().pages();
    }

    @Override
    public long accesses() {
        return ProcessesReplay.uses(family);
    }

    @Override
    public Manifest.Workload facts() {
        return Manifest.Workload.of(name, family, accesses(), Manifest.Region.of(region, accesses()), pages());
    }

    @Override
    public Drive prepare(Start start) {
        ShadowEngineMachine machine = ShadowEngineMachine.create(
                start.host(), start.assignment(), family.vcpus(), start.seed(), start.watch(), start.listener());
        if (start.quota() > 0) {
            AccessStream.setQuota(machine, start.quota());
        }
        ProcessesReplay replay = new ProcessesReplay(
                machine,
                machine::reachedFrame,
                family,
                start.host().backing() == Backing.HUGE,
                start.seed(),
                region,
                start.progress().apply(machine));
        return Drive.of(machine, replay, replay::run);
    }
}
