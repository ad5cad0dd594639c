package org.shadowmmu.lab.recording;

/** How the recorded host translated guest memory. */
public enum HostMode {
    /** Shadow paging ({@code npt=0}). */
    SHADOW("shadow"),
    /** Two-dimensional paging on shadow pages ({@code npt=1}, {@code tdp_mmu=0}). */
    DIRECT("direct"),
    /** Two-dimensional paging with the TDP MMU ({@code npt=1}, {@code tdp_mmu=1}). */
    TDPMMU("tdpmmu");

    private final String text;

    HostMode(String text) {
        this.text = text;
    }

    /** The name as recordings have it. */
    public String text() {
        return text;
    }
}
