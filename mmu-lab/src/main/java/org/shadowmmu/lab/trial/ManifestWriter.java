package org.shadowmmu.lab.trial;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.shadowmmu.api.ApiVersion;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.engine.policy.PolicyChoice;
import org.shadowmmu.lab.experiment.Experiment;
import org.shadowmmu.lab.experiment.QuotaEntry;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.workload.Replay;

/** Makes the manifest of a plan. */
public final class ManifestWriter {
    private static final String POM = "/META-INF/maven/org.shadowmmu/mmu-lab/pom.properties";

    private ManifestWriter() {}

    /** The manifest of a plan; {@code command} is the command that gives its results. */
    public static Manifest of(Plan plan, String command) {
        Experiment experiment = plan.experiment();
        return new Manifest(
                Manifest.FORMAT,
                labVersion(),
                ApiVersion.CURRENT.toString(),
                command,
                experiment.name(),
                experiment.description(),
                plan.policies().stream().map(ManifestWriter::policy).toList(),
                plan.workloads().stream().map(Workload::facts).toList(),
                plan.quotas().stream().map(QuotaEntry::toString).toList(),
                plan.hosts(),
                plan.seeds(),
                Replay.STEPS,
                plan.trials().size());
    }

    /** The version of the lab, or {@code development} if it does not run from its jar. */
    public static String labVersion() {
        try (InputStream pom = ManifestWriter.class.getResourceAsStream(POM)) {
            if (pom == null) {
                return "development";
            }
            Properties properties = new Properties();
            properties.load(pom);
            return properties.getProperty("version", "development");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Manifest.Policy policy(Trial.Policy policy) {
        Map<PolicyChoice, List<String>> decisions = new LinkedHashMap<>();
        policy.assignment().choices().forEach((decision, choice) -> {
            if (choice != PolicyChoice.UPSTREAM) {
                decisions.computeIfAbsent(choice, key -> new ArrayList<>()).add(decision.id());
            }
        });
        List<Manifest.Part> parts = new ArrayList<>();
        decisions.forEach((choice, taken) -> parts.add(part(choice, taken)));
        return new Manifest.Policy(policy.label(), parts);
    }

    private static Manifest.Part part(PolicyChoice choice, List<String> decisions) {
        PolicyDescriptor descriptor = choice.descriptor();
        return new Manifest.Part(
                choice.id(),
                descriptor.summary(),
                decisions,
                choice.settings(),
                descriptor.apiVersion().toString(),
                choice.origin().jar(),
                choice.origin().version(),
                choice.origin().sha256());
    }
}
