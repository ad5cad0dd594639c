/** The processor's cache of translations, an optional part of the model. */
@NullMarked
package org.shadowmmu.engine.tlb;

import org.jspecify.annotations.NullMarked;
