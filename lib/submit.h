/* Requests that make jobs: POST /predict and POST /batch.  Each returns whether all is well; if
 * not, the problem of the exchange says what the client is told. */
#ifndef VQ_SUBMIT_H
#define VQ_SUBMIT_H

#include <stdbool.h>

#include "exchange.h"

/* A clip as the body; JSON that asks for an upload, or names a clip in S3. */
bool vq_submit_predict(struct vq_exchange *x);

/* Many clips in S3: a job, or the reason why there is none, for each. */
bool vq_submit_batch(struct vq_exchange *x);

#endif
