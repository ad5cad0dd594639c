package org.shadowmmu.lab.workload;

/** Passes everything on to another machine; what stands between a workload and a machine extends it. */
public abstract class PassingMachine implements ShadowMachine {
    private final ShadowMachine machine;

    /** Passes on to {@code machine}. */
    protected PassingMachine(ShadowMachine machine) {
        this.machine = machine;
    }

    @Override
    public void addBacking(int id, long pages, boolean huge) {
        machine.addBacking(id, pages, huge);
    }

    @Override
    public int setMemslot(int addressSpace, int slot, long gfn, long pages, int flags, int backing, long backingPage) {
        return machine.setMemslot(addressSpace, slot, gfn, pages, flags, backing, backingPage);
    }

    @Override
    public int setQuota(long pages) {
        return machine.setQuota(pages);
    }

    @Override
    public int access(int vcpu, long gpa, EntryKind kind) {
        return machine.access(vcpu, gpa, kind);
    }

    @Override
    public void instructionAt(int vcpu, long address) {
        machine.instructionAt(vcpu, address);
    }

    @Override
    public int accessVirtual(int vcpu, long address, EntryKind kind, boolean user) {
        return machine.accessVirtual(vcpu, address, kind, user);
    }

    @Override
    public int storeVirtual(int vcpu, long address, long value, Store how) {
        return machine.storeVirtual(vcpu, address, value, how);
    }

    @Override
    public boolean missed(long gfn) {
        return machine.missed(gfn);
    }

    @Override
    public boolean writeCr0(int vcpu, long value) {
        return machine.writeCr0(vcpu, value);
    }

    @Override
    public boolean writeCr3(int vcpu, long value) {
        return machine.writeCr3(vcpu, value);
    }

    @Override
    public boolean writeCr4(int vcpu, long value) {
        return machine.writeCr4(vcpu, value);
    }

    @Override
    public void writeEfer(int vcpu, long value) {
        machine.writeEfer(vcpu, value);
    }

    @Override
    public void invalidate(int vcpu, long address) {
        machine.invalidate(vcpu, address);
    }

    @Override
    public long peek(long gpa) {
        return machine.peek(gpa);
    }

    @Override
    public void poke(long gpa, long value) {
        machine.poke(gpa, value);
    }

    @Override
    public void clear(long gfn) {
        machine.clear(gfn);
    }

    @Override
    public boolean mirrored(long gfn) {
        return machine.mirrored(gfn);
    }

    @Override
    public long faults() {
        return machine.faults();
    }

    @Override
    public long reclaimed() {
        return machine.reclaimed();
    }

    @Override
    public long usedPages() {
        return machine.usedPages();
    }

    @Override
    public long quota() {
        return machine.quota();
    }

    @Override
    public long mappedPages() {
        return machine.mappedPages();
    }

    @Override
    public long referencedPages() {
        return machine.referencedPages();
    }

    @Override
    public long zapped() {
        return machine.zapped();
    }

    @Override
    public long created() {
        return machine.created();
    }

    @Override
    public long mmuNanos() {
        return machine.mmuNanos();
    }

    @Override
    public long stalePages() {
        return machine.stalePages();
    }

    @Override
    public long readDirtyLog(int addressSpace, int slot) {
        return machine.readDirtyLog(addressSpace, slot);
    }
}
