package org.shadowmmu.lab.machine;

/** Exit codes of privileged instructions (RC-10). */
final class RegisterExit {
    static final int CR0_SELECTIVE = 0x65;
    static final int CR0 = 0x10;
    static final int CR3 = 0x13;
    static final int CR4 = 0x14;
    static final int INVLPG = 0x79;
    static final int WRMSR = 0x7c;

    private RegisterExit() {}
}
