package org.shadowmmu.lab.trial;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.experiment.Backing;
import org.shadowmmu.lab.experiment.Experiment;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.experiment.Kernel;
import org.shadowmmu.lab.experiment.Mode;
import org.shadowmmu.lab.recording.KernelEra;
import org.shadowmmu.lab.recording.RecordingHeader;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.workload.Region;
import org.shadowmmu.lab.workload.ScenarioReplay;
import org.shadowmmu.lab.workload.ScenarioSurvey;

/** A recorded scenario: its operations on the host of the recording, under the policy of the trial. */
record RecordedScenario(String name, Path file, ScenarioSurvey survey, Region region) implements Workload {
    @Override
    public Host host(Experiment experiment) {
        RecordingHeader header = survey.header();
        return new Host(
                switch (header.mode()) {
                    case SHADOW -> Mode.SHADOW;
                    case DIRECT -> Mode.DIRECT;
                    case TDPMMU -> Mode.TDPMMU;
                },
                header.era() == KernelEra.LINUX_6_12 ? Kernel.LINUX_6_12 : Kernel.LINUX_6_1,
                header.backings().stream().anyMatch(RecordingHeader.Backing::huge) ? Backing.HUGE : Backing.SMALL);
    }

    @Override
    public @Nullable String refusal(Experiment experiment) {
        Host own = host(experiment);
        if (experiment.mode() != null && experiment.mode() != own.mode()) {
            return recordedOn("mode", own.mode().word(), experiment.mode().word());
        }
        if (experiment.era() != null && experiment.era() != own.era()) {
            return recordedOn("era", own.era().word(), experiment.era().word());
        }
        return experiment.backing() == null || experiment.backing() == own.backing()
                ? null
                : recordedOn(
                        "backing", own.backing().word(), experiment.backing().word());
    }

    private String recordedOn(String key, String own, String other) {
        return "'" + name + "' was recorded with " + key + " " + own + " and can run with no other, so '" + key
                + "' cannot be " + other;
    }

    @Override
    public boolean random() {
        return false;
    }

    @Override
    public long pages() {
        return survey.pages();
    }

    @Override
    public long accesses() {
        return survey.operations();
    }

    @Override
    public Manifest.Workload facts() {
        RecordingHeader header = survey.header();
        Map<String, Long> memory = new LinkedHashMap<>();
        header.backings().forEach(backing -> memory.put("backing " + backing.id(), backing.size() >> 12));
        return new Manifest.Workload(
                name,
                Manifest.Kind.RECORDING,
                String.valueOf(file.getFileName()),
                survey.sha256(),
                "the recorded scenario " + header.name(),
                header.kernel(),
                "",
                Map.of(),
                header.vcpus(),
                survey.operations(),
                Manifest.Region.of(region, survey.operations()),
                survey.operations(),
                header.slots().size(),
                memory,
                List.of());
    }

    @Override
    public Drive prepare(Start start) {
        ScenarioMachine machine = ScenarioMachine.create(survey.header(), start);
        ScenarioReplay replay = new ScenarioReplay(
                machine,
                machine.recorded(),
                survey.operations(),
                start.quota(),
                region,
                start.progress().apply(machine));
        return Drive.of(machine, replay, () -> replay.run(file));
    }
}
