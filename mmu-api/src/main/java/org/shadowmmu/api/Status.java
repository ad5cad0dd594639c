package org.shadowmmu.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a policy may count on: the promise that comes with a type of this SPI. It holds for everything in the type; every type
 * of this package carries one.
 *
 * @since 1.0
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Status(Status.Level.STABLE)
public @interface Status {
    /** The promise. */
    Level value();

    /** How much is promised. */
    enum Level {
        /** Nothing that compiled or ran breaks before the next major version of the SPI; additions have defaults. */
        STABLE,
        /** May change or go with any minor version. */
        EXPERIMENTAL
    }
}
