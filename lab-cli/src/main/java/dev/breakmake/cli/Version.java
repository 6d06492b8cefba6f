package dev.breakmake.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code breakmake --version} prints. */
public final class Version implements IVersionProvider {

    /** Version of the product, from the jar's manifest; {@code development} when run from class folders. */
    public static String product() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"breakmake " + product() + ", JDK " + Runtime.version()};
    }
}
