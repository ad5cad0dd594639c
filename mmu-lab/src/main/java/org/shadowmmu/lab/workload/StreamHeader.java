package org.shadowmmu.lab.workload;

/**
 * The first line of a stream file: what was recorded, and how.
 *
 * @param name name of the stream
 * @param description one line about the guest and its job
 * @param qemu version of the recording QEMU
 * @param kernel version of the guest's kernel
 * @param qemuArgs arguments of QEMU, with placeholders for files
 * @param gva whether the stream has virtual addresses and page-table entries, for shadow paging
 */
public record StreamHeader(String name, String description, String qemu, String kernel, String qemuArgs, boolean gva) {}
