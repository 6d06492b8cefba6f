package dev.breakmake.cli.boot;

/**
 * What was booted on what.
 *
 * @param name name of the image as the user gave it
 * @param digest digest of the image file
 * @param architecture {@code AARCH64} or {@code AARCH32}
 * @param pes number of PEs
 * @param memoryBytes RAM in bytes
 * @param platform the board in words
 * @param backend name and version of what executed it
 */
public record Target(
        String name,
        ImageDigest digest,
        String architecture,
        int pes,
        long memoryBytes,
        String platform,
        String backend) {

    /** SHA-256 of the image file, lower-case hexadecimal; empty where nobody knows it. */
    public String sha256() {
        return digest.hex();
    }
}
