package dev.breakmake.cli;

import dev.breakmake.translation.rule.Profile;
import dev.breakmake.translation.rule.ProfileFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Rule profiles as options name them. */
final class Profiles {

    private Profiles() {}

    /** A built-in profile by name, or a profile file. */
    static Profile named(String profile) throws IOException {
        return switch (profile) {
            case "default" -> Profile.DEFAULT;
            case "strict" -> Profile.STRICT;
            case "lenient" -> Profile.LENIENT;
            default -> {
                try {
                    yield ProfileFile.parse(profile, Files.readAllLines(Path.of(profile)));
                } catch (NoSuchFileException e) {
                    throw CommandFailure.usage("--profile: no file " + profile, "or one of: default, strict, lenient");
                } catch (IllegalArgumentException e) {
                    throw CommandFailure.usage(String.valueOf(e.getMessage()), "");
                }
            }
        };
    }
}
