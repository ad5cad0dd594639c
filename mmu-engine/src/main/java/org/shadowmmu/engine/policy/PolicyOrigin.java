package org.shadowmmu.engine.policy;

/**
 * Where a policy came from, free of paths, so that results made on two machines can be compared.
 *
 * @param jar the file name of the jar, or a word in brackets for a policy that came from none
 * @param version the {@code Implementation-Version} in the manifest of the jar, empty if it says none
 * @param sha256 SHA-256 of the jar in lower-case hexadecimal, empty for a policy that came from none
 */
public record PolicyOrigin(String jar, String version, String sha256) {
    /** The upstream rules that are part of the engine. */
    public static final PolicyOrigin ENGINE = new PolicyOrigin("(engine)", "", "");

    /** A provider handed over in code, as tests and benchmarks do. */
    public static final PolicyOrigin IN_PROCESS = new PolicyOrigin("(in process)", "", "");
}
