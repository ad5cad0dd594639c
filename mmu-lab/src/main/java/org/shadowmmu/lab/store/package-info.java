/** The result folder: what is written there, in which order, and how it is read back. */
@NullMarked
package org.shadowmmu.lab.store;

import org.jspecify.annotations.NullMarked;
