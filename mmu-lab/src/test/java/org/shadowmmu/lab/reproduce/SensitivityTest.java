package org.shadowmmu.lab.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.shadowmmu.lab.reproduce.Finding.Basis;
import org.shadowmmu.lab.reproduce.Sensitivity.Figure;
import org.shadowmmu.lab.reproduce.Sensitivity.Row;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.time.Cost;
import org.shadowmmu.lab.time.CostModel;

/** One verdict that a cost carries, one that it must not reach, and one without a price. */
class SensitivityTest {
    private static Finding finding(String claim, boolean reproduced) {
        return new Finding(claim, "", "", reproduced ? "near" : "far", Basis.PREDICTED, reproduced, "");
    }

    private static final double STANDARD = CostModel.standard().of(Cost.CHAIN_STEP);

    private final CostModel standard = CostModel.standard();
    private final Measured story = new Measured(
            "S9",
            "two limits",
            List.of(
                    Finding.priced(standard, costs -> finding("S9.1", costs.of(Cost.CHAIN_STEP) < 1.5 * STANDARD)),
                    Finding.priced(standard, costs -> finding("S9.2", costs.of(Cost.CHAIN_STEP) < 0.75 * STANDARD)),
                    finding("S9.3", true)),
            List.of(),
            List.of(),
            List.of(),
            0);
    private final Sensitivity sensitivity = of(2);

    private Sensitivity of(int jobs) {
        try (Workers workers = new Workers(jobs)) {
            return Sensitivity.of(List.of(story), standard, workers);
        }
    }

    @Test
    void theNumberOfThreadsDoesNotShow() {
        assertThat(of(1)).isEqualTo(sensitivity);
        assertThat(of(4)).isEqualTo(sensitivity);
    }

    private Row row(Cost cost) {
        return sensitivity.rows().get(cost.ordinal());
    }

    @Test
    void verdictsMoveWithTheCostThatCarriesThem() {
        assertThat(row(Cost.CHAIN_STEP))
                .isEqualTo(new Row(
                        Cost.CHAIN_STEP,
                        "S9.2 gained",
                        "S9.1 lost",
                        List.of(new Figure("S9.1", "near", "far"), new Figure("S9.2", "near", "far"))));
    }

    @Test
    void otherCostsMoveNothing() {
        assertThat(sensitivity.rows()).hasSize(Cost.values().length);
        assertThat(row(Cost.FAULT)).isEqualTo(new Row(Cost.FAULT, "-", "-", List.of()));
    }

    @Test
    void inJsonItIsOneLineOfItsOwn() {
        assertThat(Json.text(sensitivity.json()))
                .startsWith("{\"sensitivity\":{\"claims\":[\"S9.1\",\"S9.2\"],\"costs\":[{\"cost\":\"tdp-leaf-clean\",")
                .contains("{\"cost\":\"chain-step\",\"halved\":\"S9.2 gained\",\"doubled\":\"S9.1 lost\",\"figures\":"
                        + "[{\"claim\":\"S9.1\",\"halved\":\"near\",\"doubled\":\"far\"},")
                .doesNotContain("\n");
    }

    @Test
    void onlyClaimsAboutTimeArePricedAnew() {
        assertThat(sensitivity.claims()).containsExactly("S9.1", "S9.2");
        assertThat(sensitivity.page())
                .contains("| chain step | S9.2 gained | S9.1 lost |")
                .doesNotContain("S9.3");
    }
}
