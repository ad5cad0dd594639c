package org.shadowmmu.lab.workload;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A machine under shadow paging that writes down what it is asked; its guest's stores reach memory, through its tables. */
final class FakeShadowMachine implements ShadowMachine {
    final List<String> calls = new ArrayList<>();
    final Map<Long, Long> memory = new HashMap<>();
    int outcome = HIT;
    boolean missing;

    private boolean paging;
    private long cr3;

    private static String hex(long value) {
        return Long.toHexString(value);
    }

    @Override
    public void addBacking(int id, long pages, boolean huge) {}

    @Override
    public int setMemslot(int addressSpace, int slot, long gfn, long pages, int flags, int backing, long backingPage) {
        calls.add("slot " + gfn + "+" + pages);
        return 0;
    }

    @Override
    public int setQuota(long pages) {
        return 0;
    }

    @Override
    public int access(int vcpu, long gpa, EntryKind kind) {
        throw new AssertionError("a replay under shadow paging accesses by virtual address");
    }

    @Override
    public void instructionAt(int vcpu, long address) {}

    @Override
    public int accessVirtual(int vcpu, long address, EntryKind kind, boolean user) {
        calls.add(kind + " " + hex(address) + (user ? " user" : ""));
        return outcome;
    }

    @Override
    public int storeVirtual(int vcpu, long address, long value, Store how) {
        calls.add(how + " " + hex(address) + " = " + hex(value));
        GuestTables tables = new GuestTables(this, 4);
        long gfn = address >>> 12;
        if (paging && tables.translate(cr3 >>> 12, gfn)) {
            gfn = tables.gfn();
        }
        memory.put(gfn << 12 | address & 4095, value);
        return outcome;
    }

    @Override
    public boolean missed(long gfn) {
        return missing;
    }

    @Override
    public boolean writeCr0(int vcpu, long value) {
        calls.add("cr0 " + hex(value));
        paging = (value & 1L << 31) != 0;
        return true;
    }

    @Override
    public boolean writeCr3(int vcpu, long value) {
        calls.add("cr3 " + hex(value));
        cr3 = value;
        return true;
    }

    @Override
    public boolean writeCr4(int vcpu, long value) {
        calls.add("cr4 " + hex(value));
        return true;
    }

    @Override
    public void writeEfer(int vcpu, long value) {
        calls.add("efer " + hex(value));
    }

    @Override
    public void invalidate(int vcpu, long address) {
        calls.add("invlpg " + hex(address));
    }

    @Override
    public long peek(long gpa) {
        return memory.getOrDefault(gpa, 0L);
    }

    @Override
    public void poke(long gpa, long value) {
        calls.add("poke " + hex(gpa) + " = " + hex(value));
        memory.put(gpa, value);
    }

    @Override
    public void clear(long gfn) {
        calls.add("clear " + hex(gfn));
        memory.keySet().removeIf(gpa -> gpa >>> 12 == gfn);
    }

    @Override
    public boolean mirrored(long gfn) {
        return false;
    }

    @Override
    public long faults() {
        return 0;
    }

    @Override
    public long reclaimed() {
        return 0;
    }

    @Override
    public long usedPages() {
        return 0;
    }

    @Override
    public long quota() {
        return 64;
    }

    @Override
    public long mappedPages() {
        return 0;
    }

    @Override
    public long referencedPages() {
        return 0;
    }

    @Override
    public long zapped() {
        return 0;
    }

    @Override
    public long created() {
        return 0;
    }

    @Override
    public long mmuNanos() {
        return 2000 * faults();
    }

    @Override
    public long stalePages() {
        return 0;
    }

    @Override
    public long readDirtyLog(int addressSpace, int slot) {
        return -1;
    }
}
