/* A model file of XGBoost is input from outside, and libxgboost indexes its
 * memory with what stands in there.  Here it is checked, and brought to the form
 * that libxgboost from 1.7 on reads, before the library sees it.
 * Format: doc/model.schema of XGBoost, versions 1.7 to 3.2. */
#ifndef VQ_XGBJSON_H
#define VQ_XGBJSON_H

#include <jansson.h>
#include <stdbool.h>

#include "err.h"

enum { VQ_XGB_MAX_OUTPUTS = 8 };

struct vq_xgb_info {
	char version[32];		 /* of the XGBoost that wrote it, "3.2.0" */
	size_t features;		 /* learner.feature_names has so many */
	bool linear;			 /* gblinear: no trees */
	size_t outputs;			 /* 1: binary:logistic, else multi:softprob's classes */
	double base[VQ_XGB_MAX_OUTPUTS]; /* margin to add to what the booster gives, per output */
};

/* Check model (objectives binary:logistic and multi:softprob; boosters gbtree,
 * dart, gblinear; numerical splits; feature names) and change it in place: the
 * base score becomes the neutral one, its margin stands in info->base.
 * VQ_EDATA says what is wrong. */
enum vq_code vq_xgb_prepare(json_t *model, struct vq_xgb_info *info, struct vq_err *err);

#endif
