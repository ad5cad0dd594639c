package org.shadowmmu.engine.era;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a component of an era decides; the table in the documentation derives from here. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Variant {
    /** The rules of the behaviour specification. */
    String rules();

    /** What is so if the component is true, or what it names. */
    String meaning();

    /** How well the values of eras without recordings are known. */
    Confidence before61() default Confidence.READ;
}
