package org.shadowmmu.api;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of this SPI, {@code major.minor}.
 *
 * <p>A minor version only adds: hooks and methods with defaults. A major version may break. The host loads a policy
 * that was built for the same major version and for the same or an older minor version.
 *
 * @param major incompatible changes, 0 or more
 * @param minor compatible additions, 0 or more
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {
    /**
     * The version of the SPI in this jar as a compile-time constant: a policy that names it in its descriptor records the
     * version it was compiled with, not the one it runs on.
     */
    public static final String COMPILED = "1.0";

    /** The version of the SPI in this jar. */
    public static final ApiVersion CURRENT = parse(COMPILED);

    /**
     * @throws IllegalArgumentException if a part is negative
     */
    public ApiVersion {
        if (major < 0 || minor < 0) {
            throw new IllegalArgumentException("an API version has no negative part: " + major + "." + minor);
        }
    }

    /**
     * Reads {@code major.minor}.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    public static ApiVersion parse(String text) {
        Matcher matcher = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})").matcher(Objects.requireNonNull(text, "text"));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("an API version is written MAJOR.MINOR, not '" + text + "'");
        }
        return new ApiVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** Whether a policy that was built for {@code required} runs on a host of this version. */
    public boolean supports(ApiVersion required) {
        return major == required.major && minor >= required.minor;
    }

    @Override
    public int compareTo(ApiVersion other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
