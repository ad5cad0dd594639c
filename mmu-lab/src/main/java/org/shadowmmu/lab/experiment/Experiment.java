package org.shadowmmu.lab.experiment;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An experiment file as written, defaults filled in; names are not resolved yet. */
public record Experiment(
        @Key(
                meaning = "name of the experiment and of its result folder",
                takes = "a name of lower-case letters, digits and inner hyphens")
        String name,

        @Key(meaning = "what the experiment asks, for the report", takes = "a text", defaultText = "nothing")
        String description,

        @Key(
                meaning = "the policies to compare; every other one is compared with the first",
                takes = "a list of policies, each an id, a map with 'id' and 'parameters', or a map of decisions")
        List<PolicyEntry> policies,

        @Key(
                meaning = "what the guests do",
                takes =
                        "a list of workloads, each the name of a recorded stream, the path of a .gpas.gz file, or a map with"
                                + " 'stream', 'recording' or a family of synthetic workloads")
        List<WorkloadEntry> workloads,

        @Key(
                meaning = "the numbers of shadow pages to allow",
                takes =
                        "a list whose members are 'default', whole numbers of 64 or more, shares of the guest's pages such as"
                                + " '20 per 1000', or sizes such as '1 MiB'",
                defaultText = "[default]")
        List<QuotaEntry> quotas,

        @Key(
                meaning = "how the host translates guest memory",
                takes =
                        "direct (two-dimensional paging by the legacy MMU), tdpmmu (by the TDP MMU) or shadow (shadow paging, for"
                                + " streams with virtual addresses)",
                defaultText =
                        "shadow for streams with virtual addresses, as recorded for recordings, direct for others")
        @Nullable Mode mode,

        @Key(
                meaning = "the kernel that is simulated",
                takes = "linux-2.6.3x, linux-3.11, linux-5.8, linux-6.1 or linux-6.12",
                defaultText = "as recorded for recordings, linux-6.1 for others")
        @Nullable Kernel era,

        @Key(
                meaning = "the pages with which the host backs guest memory",
                takes = "4k (small pages) or thp (huge pages wherever they fit)",
                defaultText = "as recorded for recordings, 4k for others")
        @Nullable Backing backing,

        @Key(
                meaning =
                        "the seeds of the random numbers of synthetic workloads and policies; each gives a trial of its own",
                takes = "a list of whole numbers of 0 or more, or ranges of them such as 1..30",
                defaultText = "[1]")
        List<Long> seeds,

        @Key(
                meaning =
                        "whether the order of reclaim that knows the rest of the stream runs as well, to hold policies against",
                takes = "true or false; it runs on streams without virtual addresses in mode direct with 4k backing",
                defaultText = "false")
        Boolean foresight,

        @Key(
                meaning =
                        "whether every invariant of the machine is checked again and again; a violation fails the trial",
                takes = "true or false",
                defaultText = "false")
        Boolean audit) {
    /** What results call the order that knows the rest of the stream. */
    public static final String FORESIGHT = "foresight";

    private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    /**
     * Fills in defaults.
     *
     * @throws IllegalArgumentException if a key that must be there is missing, or a value cannot be
     */
    public Experiment(
            @Nullable String name,
            @Nullable String description,
            @Nullable List<PolicyEntry> policies,
            @Nullable List<WorkloadEntry> workloads,
            @Nullable List<QuotaEntry> quotas,
            @Nullable Mode mode,
            @Nullable Kernel era,
            @Nullable Backing backing,
            @Nullable List<Long> seeds,
            @Nullable Boolean foresight,
            @Nullable Boolean audit) {
        this.name = required("name", name);
        this.description = description == null ? "" : description.strip();
        this.policies = List.copyOf(required("policies", policies));
        this.workloads = List.copyOf(required("workloads", workloads));
        this.quotas = quotas == null ? List.of(QuotaEntry.DEFAULT) : List.copyOf(quotas);
        this.mode = mode;
        this.era = era;
        this.backing = backing;
        this.seeds = seeds == null ? List.of(1L) : List.copyOf(seeds);
        this.foresight = foresight != null && foresight;
        this.audit = audit != null && audit;
    }

    /** An experiment that says nothing but what its host is like. */
    public static Experiment of(@Nullable Mode mode, @Nullable Kernel era, @Nullable Backing backing) {
        return new Experiment("host", null, List.of(), List.of(), null, mode, era, backing, null, null, null);
    }

    /** Says what is wrong with the values by themselves, as pointer and sentence; null if nothing is. */
    @Nullable Problem problem() {
        if (!NAME.matcher(name).matches()) {
            return new Problem(
                    "/name", "'name' must be " + Keys.takes(Experiment.class, "name") + ", not '" + name + "'");
        }
        for (String list : List.of("policies", "workloads", "quotas", "seeds")) {
            List<?> values = switch (list) {
                case "policies" -> policies;
                case "workloads" -> workloads;
                case "quotas" -> quotas;
                default -> seeds;
            };
            if (values.isEmpty()) {
                return new Problem("/" + list, "'" + list + "' is an empty list, so there is nothing to run");
            }
            for (int i = 0; i < values.size(); i++) {
                if (values.indexOf(values.get(i)) < i) {
                    return new Problem("/" + list + "/" + i, "'" + list + "' has " + values.get(i) + " twice");
                }
            }
        }
        List<String> names = policies.stream().map(PolicyEntry::label).toList();
        for (int i = 0; i < names.size(); i++) {
            if (names.indexOf(names.get(i)) < i) {
                return new Problem("/policies/" + i, "two policies are called '" + names.get(i) + "'");
            }
        }
        if (foresight && names.contains(FORESIGHT)) {
            return new Problem(
                    "/policies/" + names.indexOf(FORESIGHT),
                    "a policy cannot be called 'foresight' beside the key 'foresight'");
        }
        if (mode == Mode.TDPMMU && era != null && !era.era().tdp().exists()) {
            return new Problem("/mode", "the kernel " + era.word() + " has no TDP MMU, so 'mode' cannot be tdpmmu");
        }
        for (int i = 0; i < seeds.size(); i++) {
            if (seeds.get(i) < 0) {
                return new Problem("/seeds/" + i, "a seed must be a whole number of 0 or more, not " + seeds.get(i));
            }
        }
        return null;
    }

    /** The host that the file describes, for workloads that bring none of their own. */
    public Host host(Mode ownMode) {
        return new Host(
                mode == null ? ownMode : mode,
                era == null ? Host.DEFAULT.era() : era,
                backing == null ? Host.DEFAULT.backing() : backing);
    }

    /** Something wrong at a JSON pointer of the file. */
    record Problem(String pointer, String sentence) {}

    private static <T> T required(String key, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException("the key '" + key + "' is missing");
        }
        return value;
    }
}
