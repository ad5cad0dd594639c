package org.shadowmmu.lab.trial;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.experiment.AccessFamily;
import org.shadowmmu.lab.experiment.BootStorm;
import org.shadowmmu.lab.experiment.Experiment;
import org.shadowmmu.lab.experiment.Family;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.experiment.Processes;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.workload.RecordingCatalog;
import org.shadowmmu.lab.workload.Region;
import org.shadowmmu.lab.workload.ScenarioSurvey;

/** What a guest does in a trial, resolved: files are found and read once, regions are readings of its clock. */
public sealed interface Workload permits AccessStream, NestedStorm, ProcessGuest, RecordedScenario {
    /** All of a synthetic workload, from the end of its first fill if there is one. */
    static Workload of(Family family) {
        if (family instanceof AccessFamily stream) {
            return AccessStream.of(family.label(), stream);
        }
        if (family instanceof BootStorm storm) {
            return new NestedStorm(family.label(), storm, Region.WHOLE);
        }
        if (family instanceof Processes processes) {
            return new ProcessGuest(family.label(), processes, Region.WHOLE);
        }
        throw new AssertionError("a family without a workload: " + family.word());
    }

    /** All of a recorded scenario; reads it once. */
    static Workload recorded(Path file) {
        return new RecordedScenario(
                RecordingCatalog.nameOf(file.toString()), file, ScenarioSurvey.of(file), Region.WHOLE);
    }

    /** Its name in results. */
    String name();

    /** The host that it runs on when the experiment says this much about it. */
    Host host(Experiment experiment);

    /** Why it cannot run on the hosts of an experiment, as a sentence without full stop; null if it can. */
    @Nullable String refusal(Experiment experiment);

    /** Whether it draws random numbers, so that seeds make samples of it. */
    boolean random();

    /** The pages of the guest's memory, of which a quota may be a share. */
    long pages();

    /** How many accesses it makes, for progress. */
    long accesses();

    /** The part whose figures count. */
    Region region();

    /** What the manifest says of it. */
    Manifest.Workload facts();

    /** Makes the machine of a trial and what drives it. */
    Drive prepare(Start start);
}
