/** The states a row passes through, in words: for tables, sentences and workbooks alike; and those in which it counts. */
import type { Form } from './form.ts'

export const stateWords: Readonly<Record<string, string>> = {
  draft: '草稿',
  submitted: '待审',
  approved: '通过',
  returned: '退回',
  archived: '归档',
  void: '作废',
  accepted: '已受理',
  refused: '不受理',
  shortlisted: '入围',
  under_review: '评审中',
  proposed: '拟奖',
  publicised: '公示',
  awarded: '获奖',
  not_awarded: '未获奖',
  nominated: '推荐全国',
}

/** The states in which a row counts: approved, and of works all that follow once they are accepted. */
export const countedStates = ({ flow }: Pick<Form, 'flow'>): readonly string[] =>
  flow === 'work'
    ? ['accepted', 'shortlisted', 'under_review', 'proposed', 'publicised', 'awarded', 'not_awarded', 'nominated']
    : ['approved', 'archived']
