/** The states a row passes through, in words: for tables, sentences and workbooks alike. */
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
