package org.shadowmmu.engine.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.lang.reflect.RecordComponent;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.shadowmmu.engine.era.Era;
import org.shadowmmu.engine.era.WhatIf;

class MmuOptionsTest {
    private static Stream<Arguments> changes() {
        return Stream.of(
                change("hostLevels", 5, options -> options.withHostLevels(5)),
                change("nxHugePages", true, options -> options.withNxHugePages(true)),
                change("eagerPageSplit", false, options -> options.withEagerPageSplit(false)),
                change("dirtyManualProtect", true, options -> options.withDirtyManualProtect(true)),
                change("dirtyInitiallySet", true, options -> options.withDirtyInitiallySet(true)),
                change("targetedSlotZap", true, options -> options.withTargetedSlotZap(true)),
                change("era", Era.LINUX_6_12, options -> options.withEra(Era.LINUX_6_12)),
                change("whatIfs", Set.of(WhatIf.values()), options -> options.withWhatIfs(WhatIf.values())));
    }

    private static Arguments change(String component, Object value, UnaryOperator<MmuOptions> wither) {
        return arguments(component, value, wither);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void changesOneOptionAndKeepsTheOthers(String component, Object value, UnaryOperator<MmuOptions> wither)
            throws ReflectiveOperationException {
        for (MmuOptions options : new MmuOptions[] {MmuOptions.tdp(), MmuOptions.withTdpMmu(), MmuOptions.shadow()}) {
            MmuOptions changed = wither.apply(options);

            for (RecordComponent one : MmuOptions.class.getRecordComponents()) {
                Object before = one.getAccessor().invoke(options);
                assertThat(one.getAccessor().invoke(changed))
                        .as(one.getName())
                        .isEqualTo(one.getName().equals(component) ? value : before);
            }
            assertThat(changed).isNotEqualTo(options);
        }
    }

    @Test
    void checksWhatAChangeMakes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MmuOptions.tdp().withHostLevels(3))
                .withMessage("host page tables have 4 or 5 levels, not 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MmuOptions.withTdpMmu().withEra(Era.LINUX_3_11))
                .withMessage("linux-3.11 has no TDP MMU");
    }
}
