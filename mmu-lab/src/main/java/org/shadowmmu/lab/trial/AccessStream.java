package org.shadowmmu.lab.trial;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.experiment.AccessFamily;
import org.shadowmmu.lab.experiment.Backing;
import org.shadowmmu.lab.experiment.Experiment;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.experiment.Mode;
import org.shadowmmu.lab.experiment.SequentialFill;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.workload.Region;
import org.shadowmmu.lab.workload.Replay;
import org.shadowmmu.lab.workload.ReplayException;
import org.shadowmmu.lab.workload.ShadowReplay;
import org.shadowmmu.lab.workload.StreamFile;
import org.shadowmmu.lab.workload.StreamReplay;
import org.shadowmmu.lab.workload.StreamSource;
import org.shadowmmu.lab.workload.StreamSurvey;
import org.shadowmmu.lab.workload.StreamSurveyor;
import org.shadowmmu.lab.workload.TableString;
import org.shadowmmu.lab.workload.synthetic.SyntheticStream;

/**
 * A stream of accesses: recorded, or made by a synthetic family.
 *
 * @param name its name in results
 * @param source where it comes from; a trial gives its own seed
 * @param survey what a pass over it told, the same for every seed
 * @param region the part whose figures count
 */
public record AccessStream(String name, StreamSource source, StreamSurvey survey, Region region) implements Workload {
    private static final long FILLED = 1;

    /** All of a recorded stream; reads it once. */
    public static AccessStream of(String name, Path file) {
        return new AccessStream(name, new StreamFile(file), StreamSurveyor.survey(file), Region.WHOLE);
    }

    /** A synthetic stream, from the end of its first fill if there is one. */
    public static AccessStream of(String name, AccessFamily family) {
        StreamSource source = new SyntheticStream(family, 0);
        StreamSurvey survey = StreamSurveyor.survey(source);
        long from = family.fillsFirst()
                ? survey.markers().stream()
                        .filter(marker -> marker.number() == FILLED)
                        .findFirst()
                        .orElseThrow()
                        .instruction()
                : 0;
        return new AccessStream(name, source, survey, new Region(from, Long.MAX_VALUE));
    }

    /** The family of a synthetic stream; null for a recorded one. */
    public @Nullable AccessFamily family() {
        return source instanceof SyntheticStream synthetic ? synthetic.family() : null;
    }

    /** Whether it has virtual addresses, and is replayed under shadow paging. */
    public boolean virtual() {
        return survey.header().gva();
    }

    /** Whether an order that knows the rest of the stream can be had on a host: leaf tables must be all that matters. */
    public boolean foreseen(Host host) {
        return !virtual() && host.mode() == Mode.DIRECT && host.backing() == Backing.SMALL;
    }

    /** The order in which a trial with a seed needs leaf tables. */
    public TableString tables(long seed) {
        TableString string = new TableString();
        source.withSeed(seed).read(string);
        string.finish();
        return string;
    }

    /** A fill of only writes, or only reads, draws random numbers in vain. */
    private static boolean oneKind(SequentialFill fill) {
        return fill.writes().thousandths() == 0 || fill.writes().thousandths() == 1000;
    }

    @Override
    public Host host(Experiment experiment) {
        return experiment.host(virtual() ? Mode.SHADOW : Mode.DIRECT);
    }

    @Override
    public @Nullable String refusal(Experiment experiment) {
        Mode mode = experiment.mode();
        if (virtual() && survey.vcpus() > 1) {
            return "'" + name + "' has virtual addresses and " + survey.vcpus()
                    + " virtual CPUs, but only one can be replayed under shadow paging";
        }
        return mode == null || virtual() == (mode == Mode.SHADOW)
                ? null
                : "'" + name + "' has " + (virtual() ? "" : "no ") + "virtual addresses, so it cannot run in mode "
                        + mode.word();
    }

    @Override
    public boolean random() {
        return family() != null && !(family() instanceof SequentialFill fill && oneKind(fill));
    }

    @Override
    public long pages() {
        return survey.blocks().stream().mapToLong(StreamSurvey.Block::pages).sum();
    }

    @Override
    public long accesses() {
        return survey.entries();
    }

    @Override
    public Manifest.Workload facts() {
        Map<String, Long> memory = new LinkedHashMap<>();
        survey.blocks().forEach(block -> memory.put(block.name(), block.pages()));
        AccessFamily family = family();
        return new Manifest.Workload(
                name,
                family == null ? Manifest.Kind.STREAM : Manifest.Kind.SYNTHETIC,
                source instanceof StreamFile recorded
                        ? String.valueOf(recorded.file().getFileName())
                        : "",
                survey.sha256(),
                survey.header().description(),
                survey.header().kernel(),
                family == null ? "" : family.word(),
                family == null ? Map.of() : family.parameters(),
                Math.max(1, survey.vcpus()),
                survey.instructions(),
                Manifest.Region.of(region, survey.instructions()),
                survey.entries(),
                survey.slotChanges(),
                memory,
                survey.markers().stream()
                        .map(marker -> new Manifest.Marker(marker.number(), marker.instruction()))
                        .toList());
    }

    @Override
    public Drive prepare(Start start) {
        int vcpus = Math.max(1, survey.vcpus());
        boolean huge = start.host().backing() == Backing.HUGE;
        TrialMachine machine;
        Replay replay;
        if (virtual()) {
            ShadowTrialMachine shadow = start.machines()
                    .shadow()
                    .create(start.host(), start.assignment(), vcpus, start.seed(), start.watch(), start.listener());
            machine = shadow;
            replay = new ShadowReplay(
                    shadow, survey, huge, region, start.progress().apply(shadow));
        } else {
            machine = start.machines()
                    .direct()
                    .create(start.host(), start.assignment(), vcpus, start.seed(), start.watch(), start.listener());
            replay = new StreamReplay(
                    machine, survey, huge, region, start.progress().apply(machine));
        }
        if (start.quota() > 0) {
            setQuota(machine, start.quota());
        }
        return Drive.of(machine, replay, source.withSeed(start.seed()));
    }

    /** Sets the quota of a machine, which may refuse. */
    static void setQuota(TrialMachine machine, long quota) {
        int error = machine.setQuota(quota);
        if (error != 0) {
            throw new ReplayException(
                    "The virtual machine refused the quota of " + quota + " pages with error " + error + ".");
        }
    }
}
