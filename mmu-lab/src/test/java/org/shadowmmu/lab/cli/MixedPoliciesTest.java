package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.store.StoredRun;
import org.shadowmmu.lab.store.TrialResult;

/** Each decision from another policy: who answers, what the results say of it, and what is refused. */
class MixedPoliciesTest {
    @TempDir
    Path folder;

    private Lab lab;

    @BeforeEach
    void prepare() {
        lab = new Lab(folder);
    }

    private void experiment(String... policies) {
        lab.file(
                "mixed.yaml",
                "name: mixed\npolicies:\n  - " + String.join("\n  - ", policies)
                        + "\nworkloads: [thrash]\nquotas: [64]\n");
    }

    private StoredRun run() {
        assertThat(lab.run("run", "mixed.yaml", "--force")).as(lab.err()).isZero();
        return StoredRun.read(ResultFolder.open(folder.resolve("results/mixed")));
    }

    @Test
    void everyDecisionIsTakenByThePolicyItIsGivenTo() {
        experiment(
                "fifo",
                "{reclaim-order: {id: lru-moveup, parameters: {on: allocation}}, child-zap: tdp-childzap,"
                        + " memslot-zap: leaf-first}");
        StoredRun run = run();
        String label = "reclaim-order: lru-moveup(on=allocation), child-zap: tdp-childzap, memslot-zap: leaf-first";

        TrialResult trial = run.trials().get(1);
        assertThat(trial.policy()).isEqualTo(label);
        assertThat(trial.decisions())
                .extracting(use -> use.decision() + " " + use.policy())
                .containsExactly(
                        "reclaim-order lru-moveup",
                        "child-zap tdp-childzap",
                        "memslot-zap leaf-first",
                        "root-zap upstream");
        assertThat(run.manifest().policies().get(1).parts())
                .extracting(Manifest.Part::id, Manifest.Part::jar, Manifest.Part::decisions)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "lru-moveup", "policy-lru-moveup.jar", List.of("reclaim-order")),
                        org.assertj.core.groups.Tuple.tuple(
                                "tdp-childzap", "policy-tdp-childzap.jar", List.of("child-zap")),
                        org.assertj.core.groups.Tuple.tuple(
                                "leaf-first", "policy-leaf-first.jar", List.of("memslot-zap")));
        assertThat(run.manifest().policies().get(1).parts())
                .allSatisfy(part -> assertThat(part.sha256()).hasSize(64));
        assertThat(lab.read("results/mixed/report.html"))
                .contains("<b>reclaim-order</b> by <code>lru-moveup</code>", "policy-leaf-first.jar", "on=allocation");
    }

    /** A mix whose decisions all come from one policy is that policy. */
    @Test
    void aMixOfOneIsThatPolicy() {
        experiment(
                "leaf-first",
                "{name: spelled out, reclaim-order: leaf-first, memslot-zap: leaf-first, root-zap: leaf-first}");
        StoredRun run = run();

        assertThat(run.trials().get(1).policy()).isEqualTo("spelled out");
        assertThat(run.trials().get(1).metrics()).isEqualTo(run.trials().get(0).metrics());
        assertThat(run.manifest().policies().get(1).parts()).hasSize(1);
    }

    @Test
    void aMixMayBeCalledByAName() {
        experiment("fifo", "{name: three, reclaim-order: lru-moveup}", "{id: lru-moveup, name: one}");
        StoredRun run = run();

        assertThat(run.manifest().policies())
                .extracting(Manifest.Policy::label)
                .containsExactly("fifo", "three", "one");
        assertThat(run.trials().get(1).metrics()).isEqualTo(run.trials().get(2).metrics());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {child-zap: leaf-first}                  | policy 'leaf-first' does not take the decision child-zap; it takes reclaim-order, memslot-zap, root-zap.
            {reclaim-order: lru}                     | there is no policy 'lru'; there is fifo, leaf-first, lru-moveup, tdp-childzap; did you mean 'lru-moveup'?
            {reclaim-oder: fifo}                     | unknown key 'reclaim-oder'; did you mean 'reclaim-order'?
            {id: fifo, child-zap: tdp-childzap}      | a policy has either the key 'id' or a policy per decision, not both.
            {name: nothing}                          | a policy needs the key 'id', or a policy for at least one decision.
            {child-zap: fifo, parameters: {a: 1}}    | parameters belong to one policy: write them beside the id of the decision that they are for.
            {name: fifo, reclaim-order: lru-moveup}  | two policies are called 'fifo'.
            {reclaim-order: {id: lru-moveup, parameters: {on: never}}} | parameter 'on' of policy 'lru-moveup' takes allocation, mapping or lookup, not 'never'.
            {reclaim-order: [fifo]}                  | 'reclaim-order' must be a policy, by id or as a map with 'id' and 'parameters', not a list.
            """)
    void mistakesAreSentences(String entry, String sentence) {
        experiment("fifo", entry);

        assertThat(lab.run("run", "mixed.yaml")).isEqualTo(2);
        assertThat(lab.err()).isEqualTo(folder + "/mixed.yaml, line 4: " + sentence + "\n");
    }
}
