package org.shadowmmu.lab.trial;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.shadowmmu.engine.policy.NearestName;
import org.shadowmmu.lab.experiment.AccessFamily;
import org.shadowmmu.lab.experiment.BootStorm;
import org.shadowmmu.lab.experiment.Family;
import org.shadowmmu.lab.experiment.Moment;
import org.shadowmmu.lab.experiment.Processes;
import org.shadowmmu.lab.experiment.WorkloadEntry;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.workload.RecordingCatalog;
import org.shadowmmu.lab.workload.Region;
import org.shadowmmu.lab.workload.ScenarioSurvey;
import org.shadowmmu.lab.workload.StreamCatalog;

/** Turns an entry of an experiment file into a workload: finds its file, reads it once, and places its region. */
final class WorkloadSource {
    private final StreamCatalog streams;
    private final RecordingCatalog recordings;

    WorkloadSource(StreamCatalog streams, RecordingCatalog recordings) {
        this.streams = streams;
        this.recordings = recordings;
    }

    /** What cannot be about an entry, and the key that it is about, empty for the entry as such. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;
        private final String key;

        Refused(String key, String sentence) {
            super(sentence);
            this.key = key;
        }

        String key() {
            return key;
        }
    }

    /** The name of an entry in results. */
    static String nameOf(WorkloadEntry entry) {
        if (entry.name() != null || entry.family() != null) {
            return entry.label();
        }
        return entry.stream() != null
                ? StreamCatalog.nameOf(entry.stream())
                : RecordingCatalog.nameOf(String.valueOf(entry.recording()));
    }

    /**
     * Resolves an entry.
     *
     * @param folder the folder from which paths start
     * @throws Refused if it names what does not exist, or a moment that never comes
     */
    Workload resolve(WorkloadEntry entry, Path folder) throws Refused {
        String name = nameOf(entry);
        Workload whole;
        Family family = entry.family();
        if (family instanceof AccessFamily stream) {
            whole = AccessStream.of(name, stream);
        } else if (family instanceof BootStorm storm) {
            whole = new NestedStorm(name, storm, Region.WHOLE);
        } else if (family instanceof Processes processes) {
            whole = new ProcessGuest(name, processes, Region.WHOLE);
        } else if (entry.stream() != null) {
            whole = AccessStream.of(name, stream(entry.stream(), folder));
        } else {
            Path file = recording(String.valueOf(entry.recording()), folder);
            whole = new RecordedScenario(name, file, ScenarioSurvey.of(file), Region.WHOLE);
        }
        return within(entry, whole);
    }

    private Path stream(String stream, Path folder) throws Refused {
        StreamCatalog catalog = streams.startingAt(folder);
        Path file = catalog.find(stream);
        if (file != null) {
            return file;
        }
        List<String> names = catalog.names();
        if (StreamCatalog.isPath(stream)) {
            throw new Refused("stream", "there is no file '" + stream + "'");
        }
        if (names.isEmpty()) {
            throw new Refused("stream", "there is no stream '" + stream + "', and no folder data/streams to look in");
        }
        List<String> known = new ArrayList<>(names);
        Family.ALL_WORDS.forEach(known::add);
        String nearest = NearestName.of(stream, known);
        if (nearest != null && !names.contains(nearest)) {
            throw new Refused(
                    "stream",
                    "there is no stream '" + stream + "'; the synthetic workload is written '" + nearest + ": {}'");
        }
        throw new Refused(
                "stream",
                "there is no stream '" + stream + "'; "
                        + (nearest == null
                                ? "there is " + String.join(", ", names)
                                : "did you mean '" + nearest + "'?"));
    }

    private Path recording(String path, Path folder) throws Refused {
        RecordingCatalog catalog = recordings.startingAt(folder);
        Path file = catalog.find(path);
        if (file != null) {
            return file;
        }
        throw new Refused(
                "recording",
                "there is no recording '" + path + "', neither from this file nor in a folder data/recordings"
                        + (catalog.folders().isEmpty() ? ", of which there is none" : ""));
    }

    private static Workload within(WorkloadEntry entry, Workload whole) throws Refused {
        if (entry.from() == null && entry.to() == null) {
            return whole;
        }
        Manifest.Workload facts = whole.facts();
        long from = entry.from() == null ? whole.region().from() : clock("from", entry.from(), facts);
        long to = entry.to() == null ? whole.region().to() : clock("to", entry.to(), facts);
        if (to <= from) {
            throw new Refused(
                    entry.to() == null ? "from" : "to",
                    "the figures of '" + facts.name() + "' would end before they begin: they are of its "
                            + facts.kind().clock() + " " + from + " to " + Math.min(to, facts.length()));
        }
        Region region = new Region(from, to);
        if (whole instanceof AccessStream stream) {
            return new AccessStream(stream.name(), stream.source(), stream.survey(), region);
        }
        if (whole instanceof NestedStorm storm) {
            return new NestedStorm(storm.name(), storm.family(), region);
        }
        if (whole instanceof ProcessGuest guest) {
            return new ProcessGuest(guest.name(), guest.family(), region);
        }
        if (whole instanceof RecordedScenario scenario) {
            return new RecordedScenario(scenario.name(), scenario.file(), scenario.survey(), region);
        }
        throw new AssertionError("a workload without a region");
    }

    private static long clock(String key, Moment moment, Manifest.Workload facts) throws Refused {
        return switch (moment.kind()) {
            case SHARE -> Math.round(facts.length() * (moment.value() / 1000.0));
            case CLOCK -> {
                if (moment.value() > facts.length()) {
                    throw new Refused(
                            key,
                            "'" + facts.name() + "' has only " + facts.length() + " "
                                    + facts.kind().clock() + ", so '" + key + "' cannot be " + moment);
                }
                yield moment.value();
            }
            case MARKER -> marker(key, moment, facts);
        };
    }

    private static long marker(String key, Moment moment, Manifest.Workload facts) throws Refused {
        for (Manifest.Marker marker : facts.markers()) {
            if (marker.number() == moment.value()) {
                return marker.instruction();
            }
        }
        List<String> numbers = facts.markers().stream()
                .map(marker -> Long.toString(marker.number()))
                .distinct()
                .toList();
        throw new Refused(
                key,
                "'" + facts.name() + "' has no " + moment
                        + (numbers.isEmpty() ? ", nor any other" : "; it has " + String.join(", ", numbers)));
    }
}
