package org.shadowmmu.engine.policy;

/** The facts before a virtual machine is bound: every one is 0. */
enum NoFacts implements VmFacts {
    INSTANCE;

    @Override
    public long usedPages() {
        return 0;
    }

    @Override
    public long quota() {
        return 0;
    }

    @Override
    public long guestPages() {
        return 0;
    }

    @Override
    public long eventNumber() {
        return 0;
    }
}
