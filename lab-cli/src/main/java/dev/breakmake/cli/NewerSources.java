package dev.breakmake.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The launcher's look for sources newer than this build, which goes on while the JVM starts. */
final class NewerSources {

    /** EX_TEMPFAIL of sysexits.h; the launcher builds and starts the same command again. No command ends with it. */
    static final int BUILD_AGAIN = 75;

    private NewerSources() {}

    /**
     * Waits for the look's end.
     *
     * @param place the file to read what was found from; null: nobody looks
     * @return whether there is a newer source, or it cannot be told
     */
    static boolean found(@Nullable String place) {
        if (place == null) {
            return false;
        }
        try (InputStream names = new FileInputStream(place)) {
            return names.read() >= 0;
        } catch (IOException e) {
            return true; // the launcher then looks itself
        }
    }
}
