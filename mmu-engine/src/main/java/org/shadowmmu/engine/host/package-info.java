/**
 * The policy host: finds policy jars, isolates each in a class loader of its own, and says in sentences what is wrong with
 * the bad ones.
 *
 * <p>{@link org.shadowmmu.engine.host.PolicyHost#load} makes a {@link org.shadowmmu.engine.host.PolicyCatalog}, from which a
 * {@link org.shadowmmu.engine.policy.PolicyChoice} is taken by id. Built-in policies come in the same way as any others.
 */
@NullMarked
package org.shadowmmu.engine.host;

import org.jspecify.annotations.NullMarked;
