package org.shadowmmu.lab.experiment;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a key of an experiment file means and takes: the one source of error messages and of the keys' documentation. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Key {
    /** The key as written, if it is no Java name. */
    String name() default "";

    /** One line: what the key sets. */
    String meaning();

    /** What may be written there, as it completes "'key' must be …". */
    String takes();

    /** What holds when the key is left out; empty if it must be there. */
    String defaultText() default "";
}
