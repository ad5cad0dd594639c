package org.shadowmmu.lab.cli;

import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.Parameter;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.engine.host.LoadedPolicy;
import org.shadowmmu.engine.host.PolicyCatalog;
import org.shadowmmu.engine.host.PolicyHost;
import org.shadowmmu.lab.store.Json;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code policies}: what policies there are. */
@Command(
        name = "policies",
        mixinStandardHelpOptions = true,
        description = "Shows the policies that were found in policy jars, and helps to write new ones.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PoliciesCommand.ListCommand.class,
            PoliciesCommand.DescribeCommand.class,
            NewPolicyCommand.class,
            ValidateCommand.class
        })
public final class PoliciesCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    /** Made by the injector. */
    @Inject
    public PoliciesCommand() {}

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "Name a command: list, describe, new or validate.");
    }

    /** Everything about a policy, for machines. */
    private static Map<String, Object> facts(LoadedPolicy policy) {
        PolicyDescriptor descriptor = policy.descriptor();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("id", policy.id());
        facts.put("summary", descriptor.summary());
        facts.put("source", descriptor.source());
        facts.put("decides", descriptor.decisions().stream().map(Decision::id).toList());
        facts.put("api", descriptor.apiVersion().toString());
        facts.put("jar", policy.origin().jar());
        facts.put("version", policy.origin().version());
        facts.put("sha256", policy.origin().sha256());
        List<Map<String, String>> parameters = new ArrayList<>();
        for (Parameter parameter : descriptor.parameters()) {
            Map<String, String> one = new LinkedHashMap<>();
            one.put("name", parameter.name());
            one.put("meaning", parameter.meaning());
            one.put("range", parameter.range());
            one.put("default", parameter.defaultText());
            parameters.add(one);
        }
        facts.put("parameters", parameters);
        return facts;
    }

    /** {@code policies list}: one line per policy. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists all policies: id, jar, what it does.",
            footerHeading = "%nExamples:%n",
            footer = {"  shadowmmu policies list", "  shadowmmu policies list --policies ../other/jars --json"})
    public static final class ListCommand implements Callable<Integer> {
        private final LabEnvironment environment;
        private final PolicyHost host;

        @Option(names = "--json", description = "Print one JSON line per policy.")
        private boolean json;

        @Mixin
        private PolicyOptions policies;

        @Spec
        private CommandSpec spec;

        /** Made by the injector. */
        @Inject
        public ListCommand(LabEnvironment environment, PolicyHost host) {
            this.environment = environment;
            this.host = host;
        }

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            try (PolicyCatalog catalog =
                    policies.load(host, environment, spec.commandLine().getErr())) {
                List<LoadedPolicy> all = catalog.policies();
                if (json) {
                    all.forEach(policy -> out.println(Json.text(facts(policy))));
                    out.flush();
                    return 0;
                }
                int widest = all.stream()
                        .mapToInt(policy -> policy.id().length())
                        .max()
                        .orElse(0);
                for (LoadedPolicy policy : all) {
                    out.println(policy.id() + " ".repeat(widest - policy.id().length()) + "  "
                            + policy.descriptor().summary() + " ("
                            + policy.origin().jar() + ")");
                }
                if (all.isEmpty()) {
                    out.println("No policy was found; name a policy jar or a folder of them with --policies.");
                }
            }
            out.flush();
            return 0;
        }
    }

    /** {@code policies describe}: everything about one policy. */
    @Command(
            name = "describe",
            mixinStandardHelpOptions = true,
            description = "Says what a policy does, which decisions it takes, and its parameters.",
            footerHeading = "%nExample:%n",
            footer = "  shadowmmu policies describe lru-moveup")
    public static final class DescribeCommand implements Callable<Integer> {
        private final LabEnvironment environment;
        private final PolicyHost host;

        @Parameters(
                paramLabel = "ID",
                completionCandidates = PolicyNames.class,
                description = "The id of a policy, as 'policies list' shows it.")
        private String id;

        @Option(names = "--json", description = "Print JSON instead of text.")
        private boolean json;

        @Mixin
        private PolicyOptions policies;

        @Spec
        private CommandSpec spec;

        /** Made by the injector. */
        @Inject
        public DescribeCommand(LabEnvironment environment, PolicyHost host) {
            this.environment = environment;
            this.host = host;
        }

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            try (PolicyCatalog catalog =
                    policies.load(host, environment, spec.commandLine().getErr())) {
                LoadedPolicy policy = catalog.find(id);
                if (json) {
                    out.print(Json.pretty(facts(policy)));
                } else {
                    describe(policy, out);
                }
            }
            out.flush();
            return 0;
        }

        private static void describe(LoadedPolicy policy, PrintWriter out) {
            PolicyDescriptor descriptor = policy.descriptor();
            out.println(policy.id() + ": " + descriptor.summary());
            out.println("  source      " + descriptor.source());
            out.println("  decides     "
                    + descriptor.decisions().stream().map(Decision::id).collect(Collectors.joining(", ")));
            out.println("  built for   SPI " + descriptor.apiVersion());
            out.println("  jar         " + policy.origin().jar());
            out.println("  SHA-256     " + policy.origin().sha256());
            if (descriptor.parameters().isEmpty()) {
                out.println("  parameters  none");
                return;
            }
            out.println("  parameters");
            for (Parameter parameter : descriptor.parameters()) {
                out.println("    " + parameter.name() + ": " + parameter.meaning());
                out.println("      " + parameter.range() + "; default " + parameter.defaultText());
            }
        }
    }
}
