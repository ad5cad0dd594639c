package org.shadowmmu.lab.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordedOpTest {
    @Test
    void aStoreHasItsArgumentsAndDefaults() {
        RecordedOp op = RecordedOp.of("op 7 W va=0xffff880000145000 u=1");

        assertThat(op.number()).isEqualTo(7);
        assertThat(op.kind()).isEqualTo(RecordedOpKind.W);
        assertThat(op.va()).isEqualTo(0xffff880000145000L);
        assertThat(op.u()).isTrue();
        assertThat(op.has(OpKey.VAL)).isFalse();
        assertThat(op.val()).isZero();
        assertThat(op.sz()).isEqualTo(8);
        assertThat(op.vcpu()).isZero();
    }

    @Test
    void aMemslotChangeHasAllItsArguments() {
        RecordedOp op = RecordedOp.of("op 9 SLOT id=2 gpa=0x1000000 size=0x400000 flags=3 backing=1 boff=0x1000");

        assertThat(op.id()).isEqualTo(2);
        assertThat(op.gpa()).isEqualTo(0x1000000);
        assertThat(op.size()).isEqualTo(0x400000);
        assertThat(op.flags()).isEqualTo(3);
        assertThat(op.backing()).isEqualTo(1);
        assertThat(op.boff()).isEqualTo(0x1000);
    }

    @Test
    void anArgumentThatIsNotGivenIsNotGuessed() {
        RecordedOp op = RecordedOp.of("op 3 SREGS cr3=0x100000");

        assertThat(op.has(OpKey.CR3)).isTrue();
        assertThat(op.cr3()).isEqualTo(0x100000);
        assertThatThrownBy(op::cr0).isInstanceOf(IllegalStateException.class).hasMessageContaining("no argument cr0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "op 0 SETUP",
                "op 1 R va=0x1000",
                "op 2 W va=0x1000 sz=4 u=1 vcpu=1",
                "op 3 PW va=0xffff880000145000 gpa=0x145000 val=0x0 sz=8",
                "op 4 XCHG va=0xffff880000145000 gpa=0x145000 val=0x0 sz=8 vcpu=1",
                "op 5 X va=0xfe0",
                "op 6 CR3 val=0x141000",
                "op 7 INVLPG va=0x0",
                "op 8 L2N ncr3=0x10f000",
                "op 9 L2R va=0x0 ncr3=0x10f000",
                "op 10 QUOTA n=100",
                "op 11 DIRTYLOG id=1",
                "op 12 CLEARLOG id=1 first=64 n=128",
                "op 13 DONTNEED backing=2 off=0 len=0x1000 pop=0",
                "op 14 SREGS cr0=0x33 cr3=0x0 cr4=0x20 efer=0x0",
                "op 15 POKE gpa=0x1000 val=0xffffffffffffffff sz=8",
                "op 16 PEEK gpa=0x1000",
                "op 17 DUMP",
                "op 18 MARK"
            })
    void isWrittenAsItWasRead(String line) {
        assertThat(RecordedOp.of(line)).hasToString(line);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "op 5 JUMP va=0x0          | expected the name of an operation, found 'JUMP'",
                "op 5                      | expected the name of an operation, found ''",
                "op x R va=0x0             | expected a number, found 'x'",
                "op 5 R                    | expected operation R to have va=, found 'op 5 R'",
                "op 5 R va                 | expected an argument of operation R, found 'va'",
                "op 5 R va=                | expected a number, found ''",
                "op 5 R va=0x              | expected a hexadecimal number of 1 to 16 digits, found '0x'",
                "op 5 R va=0x12345678123456789 | expected a hexadecimal number of 1 to 16 digits, found '0x12345678123456789'",
                "op 5 R va=0xABC           | expected a hexadecimal number, found '0xABC'",
                "op 5 R va=12a             | expected a number, found '12a'",
                "op 5 R va=-1              | expected a number, found '-1'",
                "op 5 R va=0x0 va=0x0      | expected va= once, found it twice",
                "op 5 R va=0x0 ncr3=0x0    | expected an argument of operation R, found 'ncr3=0x0'",
                "op 5 R va=0x0 u=2         | expected a value that u= can have, found 'u=2'",
                "op 5 W va=0x0 sz=3        | expected a value that sz= can have, found 'sz=3'",
                "op 5 SETUP                | expected SETUP to be operation 0, and only that, found 'op 5 SETUP'",
                "op 0 R va=0x0             | expected SETUP to be operation 0, and only that, found 'op 0 R va=0x0'",
            })
    void whatIsNotAnOperationIsASentence(String line, String sentence) {
        assertThatThrownBy(() -> RecordedOp.of(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }
}
