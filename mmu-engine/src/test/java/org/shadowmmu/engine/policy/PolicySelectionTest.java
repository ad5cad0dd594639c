package org.shadowmmu.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.shadowmmu.api.ApiVersion;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.Parameter;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.api.PolicyProvider;

/** What a user may set, and the sentences for what they may not. */
class PolicySelectionTest {
    /** Never created here. */
    private record Provider(PolicyDescriptor descriptor) implements PolicyProvider {
        @Override
        public MmuPolicy create(PolicyContext context) {
            throw new AssertionError();
        }
    }

    private static final PolicyProvider TUNABLE =
            new Provider(PolicyDescriptor.of("tunable", "for a test", ApiVersion.COMPILED)
                    .parameter(new Parameter.IntParameter("max-parents", "pages", 8, 1, 512))
                    .parameter(new Parameter.BooleanParameter("eager", "whether", false))
                    .parameter(new Parameter.ChoiceParameter("on", "when", "mapping", List.of("allocation", "mapping")))
                    .decides(Decision.RECLAIM_ORDER)
                    .build());

    private static PolicyChoice with(String name, String value) {
        return PolicyChoice.inProcess(TUNABLE, Map.of(name, value));
    }

    @Test
    void defaultsAreFilledInInTheDeclaredOrder() {
        assertThat(with("eager", "true").settings().toString()).isEqualTo("{max-parents=8, eager=true, on=mapping}");
    }

    @Test
    void aPolicyReadsItsValuesByType() {
        PolicyChoice choice = PolicyChoice.inProcess(TUNABLE, Map.of("max-parents", "512", "on", "allocation"));

        assertThat(choice.parameters().integer("max-parents")).isEqualTo(512);
        assertThat(choice.parameters().bool("eager")).isFalse();
        assertThat(choice.parameters().choice("on")).isEqualTo("allocation");
        assertThatThrownBy(() -> choice.parameters().integer("eager"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the descriptor of policy 'tunable' declares no number named 'eager'");
    }

    @Test
    void anUnknownParameterIsNamedWithTheNearestLegalOne() {
        assertThatThrownBy(() -> with("max-parent", "3"))
                .isInstanceOf(PolicySelectionException.class)
                .hasMessage("Policy 'tunable' has no parameter 'max-parent'; it has max-parents, eager, on;"
                        + " did you mean 'max-parents'?");
        assertThatThrownBy(() -> with("colour", "3"))
                .hasMessage("Policy 'tunable' has no parameter 'colour'; it has max-parents, eager, on.");
    }

    @Test
    void aPolicyWithoutParametersSaysSo() {
        PolicyProvider plain = new Provider(PolicyDescriptor.of("plain", "for a test", ApiVersion.COMPILED)
                .decides(Decision.CHILD_ZAP)
                .build());

        assertThatThrownBy(() -> PolicyChoice.inProcess(plain, Map.of("on", "mapping")))
                .hasMessage("Policy 'plain' has no parameter 'on'; it has none.");
    }

    @Test
    void aValueOutsideItsRangeIsAnsweredWithTheRange() {
        assertThatThrownBy(() -> with("max-parents", "0"))
                .isInstanceOf(PolicySelectionException.class)
                .hasMessage("Parameter 'max-parents' of policy 'tunable' takes 1 to 512, not '0'.");
        assertThatThrownBy(() -> with("eager", "yes"))
                .hasMessage("Parameter 'eager' of policy 'tunable' takes true or false, not 'yes'.");
        assertThatThrownBy(() -> with("on", "lookup"))
                .hasMessage("Parameter 'on' of policy 'tunable' takes allocation or mapping, not 'lookup'.");
    }

    @Test
    void aDecisionCannotBeGivenToAPolicyThatDoesNotTakeIt() {
        assertThatThrownBy(() -> PolicyAssignment.mixing(Map.of(Decision.ROOT_ZAP, PolicyChoice.inProcess(TUNABLE))))
                .isInstanceOf(PolicySelectionException.class)
                .hasMessage("Policy 'tunable' does not take the decision root-zap; it takes reclaim-order.");
    }

    @Test
    void theNearestNameIsOneThatWasProbablyMeant() {
        List<String> names = List.of("fifo", "leaf-first", "lru-moveup");

        assertThat(NearestName.of("fifi", names)).isEqualTo("fifo");
        assertThat(NearestName.of("lru_move_up", names)).isEqualTo("lru-moveup");
        assertThat(NearestName.of("lru", names)).isEqualTo("lru-moveup");
        assertThat(NearestName.of("random", names)).isNull();
        assertThat(NearestName.of("", names)).isNull();
    }
}
