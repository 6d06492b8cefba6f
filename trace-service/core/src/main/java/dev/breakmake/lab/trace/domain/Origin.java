package dev.breakmake.lab.trace.domain;

/** What was executed, as declared by the runner; empty strings where it did not say. */
public record Origin(String imageSha256, String imageName, String platform, String cellKey, String retentionClass) {

    /** Nothing declared. */
    public static final Origin NONE = new Origin("", "", "", "", "");
}
