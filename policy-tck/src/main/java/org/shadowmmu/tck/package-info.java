/**
 * What a policy author runs against a policy: stories that a virtual machine goes through under it, each of them twice.
 *
 * <p>{@link org.shadowmmu.tck.PolicyContractTest} is the way in for tests, {@link org.shadowmmu.tck.JarExam} for jars.
 */
@NullMarked
package org.shadowmmu.tck;

import org.jspecify.annotations.NullMarked;
