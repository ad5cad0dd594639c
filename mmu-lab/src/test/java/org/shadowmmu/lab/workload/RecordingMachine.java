package org.shadowmmu.lab.workload;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A machine that writes down what it is asked, and faults at the first use of a page. */
final class RecordingMachine implements GuestMachine {
    final List<String> calls = new ArrayList<>();
    final Set<Long> mapped = new HashSet<>();
    int refusal;
    long faults;
    long reclaimed;

    @Override
    public void addBacking(int id, long pages, boolean huge) {
        calls.add("backing " + id + " of " + pages + (huge ? " huge" : ""));
    }

    @Override
    public int setMemslot(int addressSpace, int slot, long gfn, long pages, int flags, int backing, long backingPage) {
        calls.add("slot " + addressSpace + "/" + slot + " " + gfn + "+" + pages + " flags " + flags + " at " + backing
                + "+" + backingPage);
        return refusal;
    }

    @Override
    public int setQuota(long pages) {
        return 0;
    }

    @Override
    public int access(int vcpu, long gpa, EntryKind kind) {
        calls.add("vcpu " + vcpu + " " + kind + " " + Long.toHexString(gpa));
        if (gpa >= 1L << 32) {
            return MMIO;
        }
        if (mapped.add(gpa)) {
            faults++;
            return FAULT;
        }
        return HIT;
    }

    /** Takes everything away, as a slot change does. */
    void zap() {
        reclaimed += mapped.size();
        mapped.clear();
    }

    @Override
    public long faults() {
        return faults;
    }

    @Override
    public long reclaimed() {
        return reclaimed;
    }

    @Override
    public long usedPages() {
        return 3 + mapped.size() / 512;
    }

    @Override
    public long quota() {
        return 64;
    }

    @Override
    public long mappedPages() {
        return mapped.size();
    }

    @Override
    public long referencedPages() {
        return mapped.size() / 2;
    }

    @Override
    public long zapped() {
        return 2 * reclaimed;
    }

    @Override
    public long created() {
        return mapped.size() / 512 + 3;
    }

    @Override
    public long mmuNanos() {
        return 2000 * faults();
    }

    @Override
    public long stalePages() {
        return 1;
    }

    @Override
    public long readDirtyLog(int addressSpace, int slot) {
        return mapped.size();
    }
}
